using SessionPlatform.Contracts.Jobs.V1;

namespace SessionPlatform.Query.Backends;

/// <summary>Client of the jobs that the Sessionizer runs over its database.</summary>
internal sealed record SessionizerJobs(Jobs.JobsClient Client);

/// <summary>Client of the jobs that Funnel runs over its database.</summary>
internal sealed record FunnelJobs(Jobs.JobsClient Client);
