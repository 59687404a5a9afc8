"""One file for each thing somebody can do: load, decide, save."""
