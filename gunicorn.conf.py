"""How gunicorn serves Sammachip: ``gunicorn`` in this folder, settings from the environment."""

import os

wsgi_app = "sammachip.wsgi"
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4  # a slow phone holds a thread, not a process; each keeps its database connection
timeout = 60
graceful_timeout = 30
control_socket_disable = True  # nobody steers it but the service manager
accesslog = None  # sammachip.middleware.RequestLog writes one line a request, without names
errorlog = "-"
