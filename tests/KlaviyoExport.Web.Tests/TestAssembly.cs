using System.Runtime.CompilerServices;
using Bunit;
using KlaviyoExport.Data;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Tests;
using KlaviyoExport.Web.Tests.Api;
using KlaviyoExport.Web.Tests.Pages.People;
using KlaviyoExport.Web.Tests.Privacy;
using KlaviyoExport.Web.Tests.Security.Providers;

[assembly: TestCollectionOrderer(typeof(LongOnesFirst))]

namespace KlaviyoExport.Web.Tests;

internal static class TestAssembly
{
    /// <summary>The time-out of an expectation, long enough for a busy machine. bUnit gives it a second.</summary>
    [ModuleInitializer]
    internal static void BePatient() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The files of the tests belong to their owner alone, as those of the application do.</summary>
    [ModuleInitializer]
    internal static void BePrivate() => PrivateFiles.Begin();
}

/// <inheritdoc/>
public sealed class LongOnesFirst()
    : LongestFirst(
        nameof(CanaryTests),
        nameof(CanaryOnPostgreSqlTests),
        nameof(RoleTests),
        nameof(ProviderSignInTests),
        nameof(AuditListTests)
    );
