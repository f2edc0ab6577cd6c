"""The program, run as `searcher` or as `python -m searcher`."""

import os


def run() -> None:
    """Run the command line."""
    # NumPy's library for matrices, of which there are none here, starts a thread for each core: that takes a tenth of
    # the time of a search.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from searcher.cli import main

    main(prog_name="searcher")


if __name__ == "__main__":
    run()
