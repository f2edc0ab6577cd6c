"""The entry point of `searcher` and `python -m searcher`."""

import os


def run() -> None:
    """Run the command line."""
    # NumPy's matrix library would start a thread for each core, which takes a tenth of the time of a search, and no
    # matrix is multiplied here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from searcher.cli import main

    main(prog_name="searcher")


if __name__ == "__main__":
    run()
