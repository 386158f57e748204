using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>Commands that the list and the page of an export share. They ask for confirmation and say what is lost.</summary>
internal sealed class ExportCommands(
    ExportService exports,
    Confirm confirm,
    IStringLocalizer<Texts> texts,
    IStringLocalizer<KlaviyoExport.Web.Components.Texts> shared
)
{
    /// <returns>Whether the exports were removed. False when the person did not confirm.</returns>
    public async Task<bool> RemoveAsync(Actor actor, IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        var loss = await exports.LossAsync(actor, ids, cancellationToken);
        var title = loss.Names is [var only] ? texts["RemoveTitle", only].Value : texts["RemoveTitleMany", loss.Names.Count];
        if (!await confirm.AskAsync(title, TextOf(loss), shared["Remove"]))
            return false;
        await exports.RemoveAsync(actor, ids, cancellationToken);
        return true;
    }

    /// <returns>Whether the export was detached. False when the person did not confirm.</returns>
    public async Task<bool> DetachAsync(Actor actor, int id, string name, string connection, CancellationToken cancellationToken)
    {
        if (!await confirm.AskAsync(texts["DetachTitle", name], texts["DetachText", connection], texts["Detach"]))
            return false;
        await exports.DetachAsync(actor, id, cancellationToken);
        return true;
    }

    private string TextOf(RemovalLoss loss)
    {
        var parts = new List<string> { texts["RemoveLoss", loss.Runs, loss.Rejections] };
        if (loss.Names.Count > 1)
            parts.Insert(0, string.Join(", ", loss.Names) + ".");
        if (loss.Scheduled.Count > 0)
            parts.Add(texts["RemoveScheduled", string.Join(", ", loss.Scheduled)]);
        parts.Add(texts["RemoveStays"]);
        return string.Join(" ", parts);
    }
}
