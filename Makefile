# Aliases for fingers that type make; the commands are dev.py's.
.PHONY: run test

run:
	python3 dev.py run

test:
	python3 dev.py test
