"""From `capi/apimall.yaml`: the header, the export lists, the reference, each language's declarations."""
