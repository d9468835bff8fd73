// Keeps the target buildable in a fresh clone until its first test is here; remove it then.
