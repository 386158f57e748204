using System.Globalization;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Pages.Lookup;

/// <summary>Writes the sentences of the page in the reader's language.</summary>
internal sealed class LookupWords(IStringLocalizer<Texts> texts, IStringLocalizer<Runs.Texts> reasons)
{
    /// <summary>Returns the conclusion and the next step.</summary>
    public (string Finding, string Next) ConclusionOf(PersonAtExport person)
    {
        var (conclusion, name) = (person.Conclusion, NameOf(person.Conclusion));
        object[] facts =
        [
            person.ListName,
            conclusion.Segment?.Name ?? person.Profile?.Segments.FirstOrDefault(segment => segment.IsMember == true)?.Name ?? "–",
            conclusion.Condition switch
            {
                { Condition.Field: var field } => field,
                { Through: [.., var last] } => last,
                _ => conclusion.Segment?.Membership?.Table ?? "–",
            },
            conclusion.Condition is { } condition ? ValueOf(condition.Value) : ValueOf(person.Profile?.Email),
            conclusion.Condition is { Condition: { } wanted } deciding ? WantedOf(wanted, deciding.IsSought) : "–",
            conclusion.Run?.RunId ?? 0,
            conclusion.Trace is { Rejection: { } reason } trace ? RejectionOf(reason, null, trace.Detail) : "–",
            conclusion.Run?.EndedAt?.UtcDateTime.ToString("d", CultureInfo.CurrentCulture) ?? "–",
            WhoOrWhy(person),
        ];
        return (texts[$"Finding.{name}", facts], texts[$"Next.{name}", facts]);
    }

    /// <summary>Returns a condition with the value of the person.</summary>
    public string DecidingOf(DecidingCondition deciding, bool isMet) =>
        (deciding.Condition, deciding.Through) switch
        {
            ({ } condition, []) => SentenceOf(deciding, condition, isMet),
            ({ } condition, var through) => texts["Through", string.Join(" → ", through), SentenceOf(deciding, condition, isMet)],
            (null, var through) => texts[
                (deciding.IsSought == isMet ? "In" : "NotIn") + (deciding.Table is null ? "Segment" : "TableOfSegment"),
                string.Join(" → ", through),
                deciding.Table?.Table ?? ""
            ],
        };

    private string SentenceOf(DecidingCondition deciding, Condition condition, bool isMet) =>
        texts[
            (isMet, deciding) switch
            {
                (true, { IsSought: true }) => "Met",
                (true, _) => "MetAbsent",
                (_, { IsSought: true, IsOneOfSeveral: true }) => "NotMetOneOfSeveral",
                (_, { IsSought: true }) => "NotMet",
                (_, { IsOneOfSeveral: true }) => "NotMetSoughtOneOfSeveral",
                _ => "NotMetSought",
            },
            condition.Field,
            ValueOf(deciding.Value),
            PhraseOf(condition)
        ];

    public string RejectionOf(RejectionReason reason, string? key, string? detail)
    {
        var what = reason switch
        {
            RejectionReason.DuplicateEmail when detail is not null => $"{reasons[$"Reason.{reason}"]} ({reasons["SameAs", detail]})",
            _ when detail is not null => $"{reasons[$"Reason.{reason}"]} ({detail})",
            _ => reasons[$"Reason.{reason}"].Value,
        };
        return string.IsNullOrEmpty(key) ? what : texts["RejectedProfile", key, what];
    }

    public string SuppressionOf(EmailSuppression suppression)
    {
        var reason = texts[$"Suppression.{suppression.Reason}"] is { ResourceNotFound: false } words ? words.Value : suppression.Reason;
        return suppression.ListId is { } list ? texts["OnlyOnList", reason, list] : reason;
    }

    private static string NameOf(PersonConclusion conclusion) =>
        conclusion switch
        {
            { Finding: PersonFinding.NotInSegments, Segment.Membership: not null } => "NotInTable",
            { Finding: PersonFinding.NotInSegments, Condition: null } => "NotInAny",
            { Finding: PersonFinding.NotInSegments, Condition.Condition: null } => "NotByReference",
            { Finding: PersonFinding.TakenOff, Run: null } => "TakenOffSometime",
            _ => conclusion.Finding.ToString(),
        };

    private string WhoOrWhy(PersonAtExport person) =>
        person.Conclusion.Finding switch
        {
            PersonFinding.StaysForOther => string.Join(", ", Holders(person).Where(name => name != person.Name)),
            PersonFinding.OnListSuppressed when person.Klaviyo.Consent is { } consent => string.Join(
                ", ",
                consent.Suppressions.Concat(consent.ListSuppressions).Select(SuppressionOf)
            ),
            PersonFinding.OnListWithoutConsent when person.Klaviyo.Consent is { } consent => texts[$"Consent.{consent.State}"],
            _ when person.Conclusion.Reason is { } reason => reasons[$"Reason.{reason}"],
            _ => "–",
        };

    /// <summary>The exports that hold the person on the list.</summary>
    public IEnumerable<string> Holders(PersonAtExport person) => person.Membership.HeldBy.Select(name => name ?? texts["ClosedExport"]);

    private string ValueOf(string? value) => value is null ? texts["Empty"] : texts["Quoted", value];

    private string WantedOf(Condition condition, bool isSought) => isSought ? PhraseOf(condition) : texts["MustNot", PhraseOf(condition)];

    private static string PhraseOf(Condition condition) => ConditionPhrase.Of(condition).ForReader();
}
