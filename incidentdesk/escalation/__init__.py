"""Who is told and when: the ladder, the people on its posts, and the sweep over clocks that came due."""
