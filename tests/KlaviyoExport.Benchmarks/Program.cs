using BenchmarkDotNet.Running;
using KlaviyoExport.Benchmarks.Exports;
using KlaviyoExport.Benchmarks.Lists;

// "lists" fills a store once, which takes longer than all its queries, so it measures the queries itself.
if (args is ["lists"])
    await ListTimes.RunAsync();
// "memberships" writes a million rows a few times, which needs no statistics.
else if (args is ["memberships"])
    await MembershipTimes.RunAsync();
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
