using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Text;

namespace KlaviyoExport.Alerts.Mail;

/// <summary>Writes the mails of the outbox, in the language of the person who gets them.</summary>
internal sealed class LetterWriter(
    IDbContextFactory<AppDb> stores,
    IEnumerable<MakePasswordLink> links,
    IOptions<AlertOptions> options,
    IOptions<MailOptions> mail,
    TimeProvider clock
)
{
    /// <returns>Null when there is nobody to tell any more: the person was removed, or may no longer see the subject.</returns>
    public async Task<MimeMessage?> WriteAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var person = await db.Set<AppUser>().AsNoTracking().SingleOrDefaultAsync(user => user.Id == message.UserId, cancellationToken);
        if (string.IsNullOrEmpty(person?.Email))
            return null;
        var culture = (await ReaderCultures.ReadAsync(db, cancellationToken)).Of(person.Language, message.Language);
        if (message.Letter == OutboxLetter.Alerts)
            return Alerts(message, person, culture);
        if (message.Letter is not (OutboxLetter.Invitation or OutboxLetter.PasswordReset))
            return AccountChanged(message, person, culture);
        var path = links.SingleOrDefault() is { } make ? await make(person.Id, cancellationToken) : null;
        return path is null ? null : Password(message, person, culture, path);
    }

    /// <summary>Writes a mail that only shows that mails arrive.</summary>
    public MimeMessage Test(AppUser person, CultureInfo culture)
    {
        var text = new LetterText(culture).Paragraph(In(culture, "TestText"));
        return Mail(OutboxMessage.NewKey(), clock.GetUtcNow(), person, culture, In(culture, "TestSubject"), text);
    }

    private MimeMessage? Alerts(OutboxMessage message, AppUser person, CultureInfo culture)
    {
        var alerts = message
            .Alerts.Select(content => content.Alert)
            .Where(alert => AlertRights.MaySee(person.Role, alert.Topic))
            .OrderBy(alert => alert.Id)
            .ToList();
        if (alerts.Count == 0)
            return null;
        var text = new LetterText(culture);
        foreach (var alert in alerts)
        {
            text.Heading(alert.Headline().In(culture));
            if (alert.Detail(culture, culture) is { } detail)
                text.Paragraph(detail);
            text.Paragraph(Moment(alert.At, culture)).Link(In(culture, "Open"), options.Value.AddressOf(alert.Path()));
        }
        text.Rule().Paragraph(In(culture, "WhyYou")).Link(In(culture, "YourSettings"), options.Value.AddressOf("account/alerts"));
        var subject = alerts is [var only] ? only.Headline().In(culture) : In(culture, "SubjectMany", alerts.Count, alerts[0].Headline());
        return Mail(message.Key, message.CreatedAt, person, culture, subject, text);
    }

    private MimeMessage Password(OutboxMessage message, AppUser person, CultureInfo culture, string path)
    {
        var name = message.Letter.ToString();
        var text = new LetterText(culture)
            .Paragraph(In(culture, "Greeting", person.DisplayName))
            .Paragraph(In(culture, $"{name}.Text"))
            .Link(In(culture, $"{name}.Link"), options.Value.AddressOf(path))
            .Rule()
            .Paragraph(In(culture, $"{name}.Note"));
        return Mail(message.Key, message.CreatedAt, person, culture, In(culture, $"{name}.Subject"), text);
    }

    private MimeMessage AccountChanged(OutboxMessage message, AppUser person, CultureInfo culture)
    {
        var name = message.Letter.ToString();
        var text = new LetterText(culture)
            .Paragraph(In(culture, "Greeting", person.DisplayName))
            .Paragraph(In(culture, $"{name}.Text", Moment(message.CreatedAt, culture)))
            .Rule()
            .Paragraph(In(culture, "AccountChanged.Note"))
            .Link(In(culture, "AccountChanged.Link"), options.Value.AddressOf("account/security"));
        return Mail(message.Key, message.CreatedAt, person, culture, In(culture, $"{name}.Subject"), text);
    }

    private MimeMessage Mail(string key, DateTimeOffset at, AppUser person, CultureInfo culture, string subject, LetterText text)
    {
        var from = MailboxAddress.Parse(mail.Value.From);
        return new MimeMessage
        {
            From = { from },
            To = { new MailboxAddress(person.DisplayName, person.Email!) },
            Date = at,
            Subject = $"[Klaviyo Export] {subject}",
            MessageId = $"{key}@{from.Domain}",
            Headers =
            {
                // Keeps automatic replies (out of office) away.
                { HeaderId.AutoSubmitted, "auto-generated" },
                { HeaderId.ContentLanguage, culture.Name },
            },
            Body = new MultipartAlternative
            {
                new TextPart(TextFormat.Plain) { Text = text.Plain },
                new TextPart(TextFormat.Html) { Text = text.Html },
            },
        };
    }

    private static string Moment(DateTimeOffset at, CultureInfo culture) => at.UtcDateTime.ToString("f", culture) + " UTC";

    private static string In(CultureInfo culture, string name, params IReadOnlyList<object?> arguments) =>
        new LocalizedMessage($"Alerts.Mail.{name}", arguments).In(culture);
}
