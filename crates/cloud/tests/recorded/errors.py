"""Writes `errors.tsv`: which errors each operation that `cloud` calls may answer with, by the service models of botocore."""
import gzip, json, pathlib
import botocore

CALLED = {
    "rds": ["CopyDBClusterSnapshot", "DescribeDBClusterSnapshots", "DescribeDBClusters", "DescribeGlobalClusters",
            "FailoverGlobalCluster", "RemoveFromGlobalCluster", "RestoreDBClusterFromSnapshot", "SwitchoverGlobalCluster"],
    "lambda": ["GetFunctionConcurrency", "GetFunctionConfiguration", "Invoke", "ListEventSourceMappings",
               "PutFunctionConcurrency", "UpdateEventSourceMapping"],
    "apigateway": ["GetRestApis", "GetStage", "UpdateStage"],
    "cloudwatch": ["DescribeAlarms", "DisableAlarmActions", "EnableAlarmActions", "GetMetricData"],
}
data = pathlib.Path(botocore.__file__).parent / "data"
print("service\toperation\tstatus\tcode")
for service, operations in CALLED.items():
    latest = max((data / service).iterdir())
    model = json.loads(gzip.open(latest / "service-2.json.gz").read())
    for operation in operations:
        for error in model["operations"][operation].get("errors", []):
            shape = error["shape"]
            said = model["shapes"][shape].get("error", {})
            status = said.get("httpStatusCode", 500 if model["shapes"][shape].get("fault") else 400)
            print(service, operation, status, said.get("code", shape), sep="\t")
