// Each test starts a suite, which needs the machine for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
