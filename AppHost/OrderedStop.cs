using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace SessionPlatform.AppHost;

/// <summary>
/// Stops the services before PostgreSQL and RabbitMQ, which they still need for their last writes. The orchestrator
/// stops everything at once.
/// </summary>
internal sealed class OrderedStop(
    DistributedApplicationModel model, ResourceCommandService commands, ResourceNotificationService states)
    : IHostedService
{
    // The orchestrator kills what has not stopped after 6 s; the rest is for a busy machine.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private bool stopped;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // Aspire.Hosting.Testing stops the host twice; the second time there is no orchestrator to ask.
        if (Interlocked.Exchange(ref stopped, true))
            return;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Longest);
        await Task.WhenAll(model.GetProjectResources().Select(service => StopAsync(service, late.Token)))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task StopAsync(ProjectResource service, CancellationToken cancellationToken)
    {
        // Of all its replicas.
        await commands.ExecuteCommandAsync(service, KnownResourceCommands.StopCommand, cancellationToken);
        await states.WaitForResourceAsync(service.Name, KnownResourceStates.TerminalStates, cancellationToken);
    }
}

/// <summary>Registers <see cref="OrderedStop"/>.</summary>
internal static class OrderedStopExtensions
{
    public static void AddOrderedStop(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsRunMode)
            builder.Services.AddHostedService<OrderedStop>();
    }
}
