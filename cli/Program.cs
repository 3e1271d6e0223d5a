using SessionPlatform.Cli;

return await SpApplication.RunAsync(args, CliEnvironment.OfProcess(), CancellationToken.None);
