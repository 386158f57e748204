using System.Globalization;
using KlaviyoExport.Exports;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>Formats the list rules of an export in the reader's language, with the values of the installation where it has none.</summary>
internal sealed class ListRuleTexts(IStringLocalizer<Texts> texts, IOptions<ApprovalOptions> installation)
{
    /// <summary>The percentage that the installation uses, for example "50".</summary>
    public string DefaultPercent => Number(installation.Value.Share * 100);

    /// <summary>The number of profiles that the installation uses.</summary>
    public string DefaultAtLeast => Number(installation.Value.AtLeast);

    public string WhenRemovedByHand(ListRules rules) => texts[$"WhenRemovedByHand.{rules.WhenRemovedByHand}"];

    public string Verify(ListRules rules) => texts[$"Verify.{rules.Verify}"];

    public string Approval(ListRules rules) =>
        texts[
            "ApprovalText",
            rules.ApprovalShare is { } share ? Percent(Number(share * 100)) : texts["OfInstallation", Percent(DefaultPercent)],
            rules.ApprovalAtLeast is { } least ? Number(least) : texts["OfInstallation", DefaultAtLeast]
        ];

    private string Percent(string number) => texts["Percent", number];

    private static string Number(double number) => number.ToString("#,0.####", CultureInfo.CurrentCulture);
}
