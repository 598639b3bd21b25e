"""Every write of what happens in a village. Views, the admin and commands call these verbs."""
