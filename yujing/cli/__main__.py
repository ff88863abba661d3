"""`python -m yujing.cli`, the same as `yujing`."""

from yujing.cli import main

if __name__ == "__main__":
    main()
