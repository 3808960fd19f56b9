"""Runs a script with its calls for LinkedIn's hosts routed by the interceptor. Arguments: URL SCRIPT."""

import runpy
import sys

from publisher.sandbox.intercept import intercept

url, script = sys.argv[1:]
with intercept(url):
    runpy.run_path(script, run_name="__main__")
