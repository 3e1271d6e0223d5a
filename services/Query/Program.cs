using SessionPlatform.Query;

var builder = WebApplication.CreateBuilder(args);
builder.AddQuery();

var app = builder.Build();
app.MapQuery();
await app.RunAsync();
