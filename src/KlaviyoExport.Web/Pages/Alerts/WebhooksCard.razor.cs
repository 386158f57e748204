using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Sending;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Alerts;

/// <summary>Lists, adds, tries, turns off and removes webhooks.</summary>
public sealed partial class WebhooksCard
{
    private IReadOnlyList<WebhookRow> _webhooks = [];
    private SendResult? _result;
    private string _name = "";
    private string _url = "";
    private string _secret = "";
    private WebhookFormat _format;

    [Inject]
    private WebhookService Webhooks { get; set; } = default!;

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    protected override async Task LoadAsync() => _webhooks = await Webhooks.ListAsync(await ActorAsync(), Leaving);

    private async Task AddAsync()
    {
        _result = null;
        await Webhooks.AddAsync(await ActorAsync(), new NewWebhook(_name, _url, _format, _secret), Leaving);
        (_name, _url, _secret) = ("", "", "");
        await LoadAsync();
    }

    private async Task TestAsync(int id)
    {
        _result = null;
        _result = await Webhooks.TestAsync(await CountedActorAsync(), id, Leaving);
    }

    private async Task TurnAsync(WebhookRow webhook)
    {
        _result = null;
        await Webhooks.TurnAsync(await ActorAsync(), webhook.Id, !webhook.IsOn, Leaving);
        await LoadAsync();
    }

    private async Task RemoveAsync(WebhookRow webhook)
    {
        _result = null;
        if (!await Confirm.AskAsync(T["RemoveWebhookTitle", webhook.Name], T["RemoveWebhookText"], Shared["Remove"]))
            return;
        await Webhooks.RemoveAsync(await ActorAsync(), webhook.Id, Leaving);
        await LoadAsync();
    }
}
