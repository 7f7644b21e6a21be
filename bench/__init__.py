"""`make bench`: speed and memory of qifu beside a stock Rasa set-up, on the same machine, data and messages."""
