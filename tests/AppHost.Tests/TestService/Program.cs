// A service as small as can be: two Kestrel endpoints, its health, and its environment for the tests to read.
var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
app.MapGet("/health", () => "well");
app.MapGet("/environment/{name}", (string name) => Environment.GetEnvironmentVariable(name));
await app.RunAsync();
