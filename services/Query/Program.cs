using SessionPlatform.Query;

QueryApplication.Create(args).Run();
