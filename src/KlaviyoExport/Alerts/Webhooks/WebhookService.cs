using KlaviyoExport.Alerts.Sending;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Alerts.Webhooks;

/// <summary>A webhook in the list. Its address and secret are not shown again.</summary>
/// <param name="LastSentAt">When the receiver last accepted alerts. Null when it never did, or longer ago than messages are kept.</param>
public sealed record WebhookRow(
    int Id,
    string Name,
    string Host,
    WebhookFormat Format,
    bool IsSigned,
    bool IsOn,
    DateTimeOffset? LastSentAt
);

/// <summary>A webhook to add.</summary>
/// <param name="Secret">The key of the signature, at least 16 characters. Required for <see cref="WebhookFormat.Json"/>, otherwise
/// optional.</param>
public sealed record NewWebhook(string Name, string Url, WebhookFormat Format, string? Secret)
{
    public bool IsOn { get; init; } = true;

    // The text of a record would contain the secret.
    public override string ToString() => Name;
}

/// <summary>What a webhook becomes. Its name stays.</summary>
/// <param name="Url">The new address. Null to keep the present one.</param>
/// <param name="IsSigned">Whether requests are signed. Required for <see cref="WebhookFormat.Json"/>.</param>
/// <param name="Secret">The new key of the signature. Null to keep the present one. Without meaning when requests are not signed.</param>
public sealed record WebhookChanges(int Id, string? Url, WebhookFormat Format, bool IsSigned, string? Secret, bool IsOn)
{
    // The text of a record would contain the secret.
    public override string ToString() => $"{Id}";
}

/// <summary>Adds, changes, tries and removes webhooks. For administrators.</summary>
public sealed class WebhookService
{
    private const int LeastSecret = 16;

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly WebhookPoster _poster;
    private readonly SecretProtector _secrets;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal WebhookService(
        IDbContextFactory<AppDb> stores,
        WebhookPoster poster,
        SecretProtector secrets,
        Audit audit,
        TimeProvider clock
    ) => (_stores, _poster, _secrets, _audit, _clock) = (stores, poster, secrets, audit, clock);

    public async Task<IReadOnlyList<WebhookRow>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<AlertWebhook>()
            .OrderBy(webhook => webhook.Name)
            .Select(webhook => new WebhookRow(
                webhook.Id,
                webhook.Name,
                webhook.Host,
                webhook.Format,
                webhook.Secret != null,
                webhook.IsOn,
                db.Set<OutboxMessage>().Where(message => message.WebhookId == webhook.Id).Max(message => message.SentAt)
            ))
            .ToListAsync(cancellationToken);
    }

    /// <exception cref="LocalizedException">The name is taken, the address is not https (or http on the loopback address), or the secret is
    /// too short.</exception>
    /// <returns>The id of the webhook.</returns>
    public async Task<int> AddAsync(Actor actor, NewWebhook webhook, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        var (name, secret) = (webhook.Name.Trim(), webhook.Secret?.Trim() ?? "");
        if (name.Length is 0 or > 100)
            throw new LocalizedException(new LocalizedMessage("Alerts.WebhookName"));
        var address = AddressOf(webhook.Url);
        if (secret.Length > 0 || webhook.Format == WebhookFormat.Json)
            DemandSecret(secret);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        if (await db.Set<AlertWebhook>().AnyAsync(other => other.Name == name, cancellationToken))
            throw new LocalizedException(new LocalizedMessage("Alerts.WebhookNameTaken", name));
        var added = new AlertWebhook
        {
            Name = name,
            Url = _secrets.ProtectCredential(address.AbsoluteUri),
            Host = address.Host,
            Format = webhook.Format,
            Secret = secret.Length == 0 ? null : _secrets.ProtectCredential(secret),
            IsOn = webhook.IsOn,
            CreatedAt = _clock.GetUtcNow(),
            CreatedBy = actor.Name,
        };
        db.Set<AlertWebhook>().Add(added);
        _audit.Add(
            db,
            actor,
            "Alerts.WebhookAdded",
            name,
            detail: new LocalizedMessage("Alerts.WebhookTo", address.Host, webhook.Format.Name())
        );
        await db.SaveAsync(cancellationToken);
        return added.Id;
    }

    /// <summary>Changes a webhook. Messages that wait are sent as it is then.</summary>
    /// <exception cref="LocalizedException">The webhook does not exist, the address is not https (or http on the loopback address), or the
    /// secret is too short or missing.</exception>
    public Task SaveAsync(Actor actor, WebhookChanges changes, CancellationToken cancellationToken) =>
        ChangeAsync(actor, changes.Id, "Alerts.WebhookChanged", (_, webhook) => Change(webhook, changes), cancellationToken);

    /// <summary>Turns a webhook on or off. Messages that wait are not sent to a webhook that is off.</summary>
    public Task TurnAsync(Actor actor, int id, bool isOn, CancellationToken cancellationToken) =>
        ChangeAsync(actor, id, isOn ? "Alerts.WebhookOn" : "Alerts.WebhookOff", (_, webhook) => webhook.IsOn = isOn, cancellationToken);

    public Task RemoveAsync(Actor actor, int id, CancellationToken cancellationToken) =>
        ChangeAsync(actor, id, "Alerts.WebhookRemoved", (db, webhook) => db.Remove(webhook), cancellationToken);

    /// <summary>Posts a test message, now and once.</summary>
    /// <returns>The status that the receiver answered, or why the message did not arrive.</returns>
    /// <exception cref="LocalizedException">The webhook does not exist.</exception>
    public async Task<SendResult> TestAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var webhook = await FindAsync(db, id, cancellationToken);
        var culture = (await ReaderCultures.ReadAsync(db, cancellationToken)).Of();
        _audit.Add(db, actor, "Alerts.WebhookTested", webhook.Name);
        await db.SaveChangesAsync(cancellationToken);
        var alert = new RaisedAlert
        {
            At = _clock.GetUtcNow(),
            Topic = AlertTopic.Revision,
            Subject = webhook.Name,
            Reason = AlertReason.Test,
        };
        return await _poster.PostAsync(webhook, OutboxMessage.NewKey(), [alert], culture, cancellationToken);
    }

    private async Task ChangeAsync(
        Actor actor,
        int id,
        string action,
        Action<AppDb, AlertWebhook> change,
        CancellationToken cancellationToken
    )
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var webhook = await FindAsync(db, id, cancellationToken);
        var (host, format, url, secret, isOn) = (webhook.Host, webhook.Format, webhook.Url, webhook.Secret, webhook.IsOn);
        change(db, webhook);
        var changes = new AuditChanges()
            .Add("Host", host, webhook.Host)
            .Mention("Address", url != webhook.Url && host == webhook.Host)
            .Add("Format", format.Name(), webhook.Format.Name())
            .Add("Signed", secret is not null, webhook.Secret is not null)
            .Mention("Secret", secret is not null && webhook.Secret is not null && secret != webhook.Secret)
            .Add("IsOn", isOn, webhook.IsOn);
        _audit.Add(db, actor, action, webhook.Name, detail: changes.ToMessage());
        await db.SaveAsync(cancellationToken);
    }

    private void Change(AlertWebhook webhook, WebhookChanges changes)
    {
        if (changes.Url is { } url)
        {
            var address = AddressOf(url);
            (webhook.Url, webhook.Host) = (_secrets.ProtectCredential(address.AbsoluteUri), address.Host);
        }
        if (!changes.IsSigned)
            webhook.Secret = null;
        else if (changes.Secret?.Trim() is { } secret)
        {
            DemandSecret(secret);
            webhook.Secret = _secrets.ProtectCredential(secret);
        }
        if (webhook.Secret is null && (changes.IsSigned || changes.Format == WebhookFormat.Json))
            DemandSecret("");
        (webhook.Format, webhook.IsOn) = (changes.Format, changes.IsOn);
    }

    private static Uri AddressOf(string text) =>
        WebhookAddress.Parse(text) ?? throw new LocalizedException(new LocalizedMessage("Alerts.WebhookAddress"));

    private static void DemandSecret(string secret)
    {
        if (secret.Length < LeastSecret)
            throw new LocalizedException(new LocalizedMessage("Alerts.WebhookSecret", LeastSecret));
    }

    private static async Task<AlertWebhook> FindAsync(AppDb db, int id, CancellationToken cancellationToken) =>
        await db.Set<AlertWebhook>().SingleOrDefaultAsync(webhook => webhook.Id == id, cancellationToken)
        ?? throw new LocalizedException(new LocalizedMessage("Alerts.WebhookGone"));
}
