"""Planning survey rounds (踏勘排程): a `Problem` in, a `Plan` out; knows no web and no database."""
