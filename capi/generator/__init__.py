"""Writes the header, the export lists, the reference and each language's raw declarations from `capi/apimall.yaml`."""
