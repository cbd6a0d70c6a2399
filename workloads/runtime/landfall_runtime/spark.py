"""A Spark session that reaches the lake, with settings that follow from the environment alone."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pyspark import SparkConf, SparkContext
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

from landfall_runtime.failure import JobFailure
from landfall_runtime.lake import abfs_host, is_folder, is_loopback, is_path_style, lake_url

WORKLOAD_IDENTITY = "org.apache.hadoop.fs.azurebfs.oauth2.WorkloadIdentityTokenProvider"

# What the workload identity webhook puts into the pod, and the setting that takes it.
IDENTITY_SETTINGS = {
    "AZURE_TENANT_ID": "fs.azure.account.oauth2.msi.tenant",
    "AZURE_CLIENT_ID": "fs.azure.account.oauth2.client.id",
    "AZURE_FEDERATED_TOKEN_FILE": "fs.azure.account.oauth2.token.file",
    "AZURE_AUTHORITY_HOST": "fs.azure.account.oauth2.msi.authority",
}


def spark_session(name: str, env: Mapping[str, str]) -> SparkSession:
    """Opens the session: in the JVM of spark-submit when there is one, else in a JVM of its own.

    The JVM comes first, bare, and gets the settings through its private socket: on its command line the account
    key would show to everyone who can run `ps`.
    """
    settings = spark_settings(env)
    conf = SparkConf().setAppName(name).setAll(list(settings.items()))
    context = SparkContext(conf=conf, gateway=launch_gateway())
    # At INFO a failing job's own words drown in Spark's.
    context.setLogLevel("WARN")
    return SparkSession(context)


def spark_settings(env: Mapping[str, str]) -> dict[str, str]:
    """All settings of the session."""
    url = lake_url(env)
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.showConsoleProgress": "false",
        # The web page of the application shows its settings; the account key has no name that Spark hides by itself.
        "spark.redaction.regex": r"(?i)secret|password|token|access[.]?key|account[.]key",
    }
    if is_loopback(url):
        settings |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
        }
    if is_folder(url):
        return settings
    return settings | {f"spark.hadoop.{name}": value for name, value in abfs_settings(url, env).items()}


def abfs_settings(url: str, env: Mapping[str, str]) -> dict[str, str]:
    """Hadoop's settings for the lake: where it is and how to sign in."""
    host = abfs_host(url)
    settings = {"fs.azure.account.hns.enabled": "true"}
    if is_path_style(url):
        # An endpoint like http://127.0.0.1:PORT/ACCOUNT: ABFS then puts the account into the path by itself.
        settings["fs.azure.abfs.endpoint"] = urlsplit(url).netloc
    if url.startswith("http:"):
        settings["fs.azure.always.use.https"] = "false"
    if is_loopback(url):
        # The default of 30 hangs for minutes when nothing listens.
        settings["fs.azure.io.retry.max.retries"] = "3"
    key = env.get("AZURE_STORAGE_KEY")
    return settings | (key_settings(host, key) if key else identity_settings(host, env))


def key_settings(host: str, key: str) -> dict[str, str]:
    """Signing with the account key."""
    return {f"fs.azure.account.auth.type.{host}": "SharedKey", f"fs.azure.account.key.{host}": key}


def identity_settings(host: str, env: Mapping[str, str]) -> dict[str, str]:
    """Signing in as the pod's workload identity."""
    missing = [name for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID") if not env.get(name)]
    if missing:
        raise JobFailure(
            "NoCredential",
            f"No way to sign in to the lake: neither AZURE_STORAGE_KEY nor {' and '.join(missing)} is set.",
            "In a cluster, label the pod azure.workload.identity/use: 'true' and use an annotated service account.",
        )
    settings = {"fs.azure.account.auth.type": "OAuth", "fs.azure.account.oauth.provider.type": WORKLOAD_IDENTITY}
    settings |= {setting: env[name] for name, setting in IDENTITY_SETTINGS.items() if env.get(name)}
    return {f"{setting}.{host}": value for setting, value in settings.items()}
