"""Saying which layers are loaded, what each reads, and which were left out."""

from typing import Any

from why403.services import Services


def describe_layers(services: Services) -> dict[str, Any]:
    """Return `{"layers": [...], "blocked": [...]}`: who is loaded, from where, and which facts each reads."""
    registry = services.registry
    return {
        "layers": [
            {
                "name": layer.name,
                "title": layer.title,
                "reference": layer.reference,
                "from": registry.origins[layer.name],
                "may": sorted(may.name.lower() for may in layer.may),
                "provides": [{"fact": fact.name, "permission": fact.permission} for fact in layer.provides],
                "needs": [fact.name for fact in layer.needs],
            }
            for layer in registry.layers
        ],
        "blocked": list(registry.blocked),
    }
