using KlaviyoExport.Tests.Alerts;
using MimeKit;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>A test with an application of its own, whose mails a real mail server receives.</summary>
public abstract class MailedTest : IAsyncLifetime
{
    private readonly MailServer _server = MailServer.Start();

    private protected TestApp App { get; private set; } = default!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The mails that have arrived.</summary>
    protected IReadOnlyList<MimeMessage> Mails => _server.Mails;

    public async ValueTask InitializeAsync() =>
        App = await TestApp.StartWithPeopleAsync([.. _server.Settings.Select(setting => $"--{setting.Key}={setting.Value}")]);

    public async ValueTask DisposeAsync()
    {
        if (App is not null)
            await App.DisposeAsync();
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits until so many mails have arrived.</summary>
    protected async Task ArriveAsync(int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Mails.Count < count)
            await look.WaitForNextTickAsync(patience.Token);
    }
}
