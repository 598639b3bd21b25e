"""The measurements behind BENCHMARKS.md: ``python3 dev.py bench --help`` says what can be asked.

Everything is a ratio of two things measured in the same run, in turns, on the same machine: times
alone say little where others work too.
"""
