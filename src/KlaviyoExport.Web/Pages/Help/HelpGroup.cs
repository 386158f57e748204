namespace KlaviyoExport.Web.Pages.Help;

/// <summary>Some documents of the contents, in their order.</summary>
/// <param name="Name">A text of this area: "Group.{Name}".</param>
internal sealed record HelpGroup(string Name, IReadOnlyList<HelpDocument> Documents);
