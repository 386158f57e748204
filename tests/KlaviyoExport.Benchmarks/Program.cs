using BenchmarkDotNet.Running;
using KlaviyoExport.Benchmarks.Exports;

// "lists" fills a store once, which takes longer than all its queries, so it measures the queries itself.
if (args is ["lists"])
    await ListTimes.RunAsync();
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
