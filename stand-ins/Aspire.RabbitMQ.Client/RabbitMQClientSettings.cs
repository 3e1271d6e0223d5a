namespace Aspire.RabbitMQ.Client;

/// <summary>What <c>Aspire:RabbitMQ:Client</c> and <c>Aspire:RabbitMQ:Client:{name}</c> may set.</summary>
public sealed class RabbitMQClientSettings
{
    /// <summary>The <c>amqp://</c> address; <c>ConnectionStrings:{name}</c> wins over the sections.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How often a refused first connection is tried again. Default 5; 0 means never.</summary>
    public int MaxConnectRetryCount { get; set; } = 5;

    /// <summary>True leaves the health check <c>RabbitMQ.Client</c> out. Default false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>
    /// True asks for no spans. Kept for the official surface; the service defaults choose the sources.
    /// </summary>
    public bool DisableTracing { get; set; }
}
