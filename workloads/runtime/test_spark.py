import pytest
from landfall_runtime.failure import JobFailure
from landfall_runtime.spark import spark_settings

LOCAL = {"LANDFALL_LAKE_URL": "http://127.0.0.1:7080/landfall", "AZURE_STORAGE_KEY": "a2V5"}
CLUSTER = {
    "LANDFALL_LAKE_URL": "https://acme.dfs.core.windows.net",
    "AZURE_TENANT_ID": "tenant",
    "AZURE_CLIENT_ID": "client",
    "AZURE_FEDERATED_TOKEN_FILE": "/var/run/secrets/azure/tokens/azure-identity-token",
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
}


def test_a_lake_on_this_machine_is_reached_by_path_with_its_key():
    host = "landfall.dfs.core.windows.net"
    assert spark_settings(LOCAL) == {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.showConsoleProgress": "false",
        "spark.redaction.regex": r"(?i)secret|password|token|access[.]?key|account[.]key",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.hadoop.fs.azure.account.hns.enabled": "true",
        "spark.hadoop.fs.azure.abfs.endpoint": "127.0.0.1:7080",
        "spark.hadoop.fs.azure.always.use.https": "false",
        "spark.hadoop.fs.azure.io.retry.max.retries": "3",
        f"spark.hadoop.fs.azure.account.auth.type.{host}": "SharedKey",
        f"spark.hadoop.fs.azure.account.key.{host}": "a2V5",
    }


def test_a_lake_in_azure_is_reached_with_the_pods_identity():
    host = "acme.dfs.core.windows.net"
    hadoop = {name: value for name, value in spark_settings(CLUSTER).items() if name.startswith("spark.hadoop.")}
    assert hadoop == {
        "spark.hadoop.fs.azure.account.hns.enabled": "true",
        f"spark.hadoop.fs.azure.account.auth.type.{host}": "OAuth",
        f"spark.hadoop.fs.azure.account.oauth.provider.type.{host}": (
            "org.apache.hadoop.fs.azurebfs.oauth2.WorkloadIdentityTokenProvider"
        ),
        f"spark.hadoop.fs.azure.account.oauth2.msi.tenant.{host}": "tenant",
        f"spark.hadoop.fs.azure.account.oauth2.client.id.{host}": "client",
        f"spark.hadoop.fs.azure.account.oauth2.token.file.{host}": CLUSTER["AZURE_FEDERATED_TOKEN_FILE"],
        f"spark.hadoop.fs.azure.account.oauth2.msi.authority.{host}": "https://login.microsoftonline.com/",
    }


def test_a_cluster_keeps_its_own_driver_address_and_web_page():
    assert not {"spark.driver.host", "spark.ui.enabled"} & set(spark_settings(CLUSTER))


def test_no_way_to_sign_in_is_a_failure_that_names_what_is_missing():
    with pytest.raises(JobFailure, match="neither AZURE_STORAGE_KEY nor AZURE_TENANT_ID and AZURE_CLIENT_ID"):
        spark_settings({"LANDFALL_LAKE_URL": CLUSTER["LANDFALL_LAKE_URL"]})
