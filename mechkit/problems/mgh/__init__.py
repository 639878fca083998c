"""The 35 test problems of More, Garbow and Hillstrom; the way in is mechkit.problems.more_garbow_hillstrom."""
