"""A promise is on the page if, and only if, a test carries its id."""

from __future__ import annotations

import re

from scripts.pages.guarantees import promises, proofs
from tests.architecture.tree import ROOT

LISTED = re.compile(r"^\| ([A-Z]\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def listed() -> dict[str, list[str]]:
    page = (ROOT / "docs" / "reference" / "guarantees.md").read_text(encoding="utf-8")
    return {promise: re.findall(r"`([^`]+)`", tests) for promise, _, tests in LISTED.findall(page)}


def test_every_listed_promise_has_the_tests_that_the_page_names() -> None:
    proved = proofs()

    assert listed()
    assert {promise: tests for promise, tests in listed().items() if proved.get(promise) != tests} == {}


def test_every_id_that_a_test_carries_is_listed() -> None:
    assert sorted(set(proofs()) - set(listed())) == [], "run `make docs`"


def test_every_id_that_a_test_carries_is_a_promise_in_our_words() -> None:
    known = {promise for section in promises().values() for promise in section if promise != "title"}

    assert sorted(set(proofs()) - known) == [], "docs/reference/guarantees.toml does not know it"
