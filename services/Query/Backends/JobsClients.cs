using SessionPlatform.Contracts.Jobs.V1;

namespace SessionPlatform.Query.Backends;

/// <summary>The jobs over the Sessionizer's database.</summary>
internal sealed record SessionizerJobs(Jobs.JobsClient Client);

/// <summary>The jobs over Funnel's.</summary>
internal sealed record FunnelJobs(Jobs.JobsClient Client);
