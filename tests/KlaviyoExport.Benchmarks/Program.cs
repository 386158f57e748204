using BenchmarkDotNet.Running;
using KlaviyoExport.Benchmarks.Exports;

// "lists" fills a store once, which takes longer than all its questions, so it times them itself.
if (args is ["lists"])
    await ListTimes.RunAsync();
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
