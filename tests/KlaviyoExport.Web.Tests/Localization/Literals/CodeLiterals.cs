using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KlaviyoExport.Web.Tests.Localization.Literals;

/// <summary>
/// Finds texts in C# code that a person could see: arguments of messages, messages of validation attributes, and words that are given to a
/// member that is shown; where asked, also every sentence. Texts for operators and developers are English by design and are not found:
/// those of exceptions, of logs and of other attributes.
/// </summary>
internal static partial class CodeLiterals
{
    private static readonly string[] Shown =
    [
        "Problem",
        "Text",
        "Title",
        "Label",
        "Hint",
        "Message",
        "ErrorMessage",
        "Placeholder",
        "Headline",
        "Subject",
        "Caption",
    ];

    /// <param name="code">The content of a file.</param>
    /// <param name="withSentences">Whether several words in one string are found, wherever the string is used.</param>
    public static IEnumerable<string> In(string code, bool withSentences) =>
        CSharpSyntaxTree
            .ParseText(code)
            .GetRoot()
            .DescendantNodes()
            .Select(node => (Node: node, Text: TextOf(node)))
            .Where(found => found.Text is not null && IsForPeople(found.Node, found.Text, withSentences) && !IsForOperators(found.Node))
            .Select(found => found.Text!);

    private static string? TextOf(SyntaxNode node) =>
        node switch
        {
            LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => literal.Token.ValueText,
            InterpolatedStringExpressionSyntax text => string.Concat(
                text.Contents.Select(part => part is InterpolatedStringTextSyntax words ? words.TextToken.ValueText : "…")
            ),
            _ => null,
        };

    private static bool IsForPeople(SyntaxNode node, string text, bool withSentences) =>
        AttributeOf(node) is { } attribute ? IsMessageOf(attribute, node) && text.Any(char.IsLetter)
        : IsShown(node) || IsArgumentOfMessage(node) ? Words().IsMatch(text)
        : withSentences && Sentence().IsMatch(text);

    private static AttributeSyntax? AttributeOf(SyntaxNode node) => node.FirstAncestorOrSelf<AttributeSyntax>();

    private static bool IsMessageOf(AttributeSyntax attribute, SyntaxNode node) =>
        node.FirstAncestorOrSelf<AttributeArgumentSyntax>()?.NameEquals?.Name.Identifier.ValueText == "ErrorMessage"
        || attribute.Name.ToString() is "Display" or "DisplayName";

    private static bool IsShown(SyntaxNode node) =>
        node.Parent is AssignmentExpressionSyntax assignment
        && assignment.Right == node
        && Shown.Contains(assignment.Left.ToString().Split('.')[^1]);

    // The first argument is the code of the message.
    private static bool IsArgumentOfMessage(SyntaxNode node) =>
        node.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: ObjectCreationExpressionSyntax made } list } argument
        && made.Type.ToString() == nameof(LocalizedMessage)
        && list.Arguments.IndexOf(argument) > 0;

    private static bool IsForOperators(SyntaxNode node) =>
        AttributeOf(node) is null
        && !IsArgumentOfMessage(node)
        && node.Ancestors()
            .Any(ancestor =>
                ancestor switch
                {
                    ThrowExpressionSyntax or ThrowStatementSyntax => true,
                    ObjectCreationExpressionSyntax made => IsException(made.Type.ToString()),
                    ClassDeclarationSyntax type => IsException(type.Identifier.ValueText),
                    InvocationExpressionSyntax call => Log().IsMatch(call.Expression.ToString()),
                    _ => false,
                }
            );

    private static bool IsException(string type) => type.EndsWith("Exception", StringComparison.Ordinal);

    [GeneratedRegex(@"^\p{L}{2}[\p{L}' ]*[.!?…]?$")]
    private static partial Regex Words();

    [GeneratedRegex(@"(^|[ “])\p{L}\p{Ll}+,? \p{Ll}{2,}")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\.Log\w*$")]
    private static partial Regex Log();
}
