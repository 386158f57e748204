"""An Airflow DAG that runs an export every morning. Put it and klaviyo_export.py into the folder of the DAGs.

The HTTP connection "klaviyo_export" has the address of the server as host and the token as password.
"""

import pendulum
from airflow.sdk import BaseHook, dag, get_current_context, task
from klaviyo_export import run_export


@dag(schedule="30 6 * * *", start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Belgrade"), catchup=False, max_active_runs=1)
def klaviyo_export():
    @task(retries=2)
    def run(name):
        server = BaseHook.get_connection("klaviyo_export")
        # A retry of the task waits for the run that the first attempt started.
        ended = run_export(server.host, server.password, name, f"airflow-{get_current_context()['run_id']}")
        return {part: ended[part] for part in ("id", "status", "ledger")}

    run("Newsletter readers to Klaviyo")


klaviyo_export()
