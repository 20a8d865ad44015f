// Shows the description that this very service serves; the validator of swagger.io is never asked.
SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#api",
  validatorUrl: null,
  queryConfigEnabled: false,
  deepLinking: true,
});
