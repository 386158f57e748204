using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace KlaviyoExport.Web.Tests.Localization.Literals;

/// <summary>
/// Finds texts that compiled components contain themselves, instead of in a .resx file: between tags, in attributes that a person sees or
/// hears, and in parameters of components that are texts.
/// </summary>
internal static class MarkupLiterals
{
    private static readonly string[] Visible =
    [
        "title",
        "aria-label",
        "aria-description",
        "aria-roledescription",
        "aria-valuetext",
        "placeholder",
        "alt",
        "label",
        "data-label",
    ];

    /// <summary>The attributes above, and parameters of components.</summary>
    private static readonly string[] Names =
    [
        .. Visible,
        "Text",
        "Label",
        "Title",
        "Hint",
        "Lead",
        "Error",
        "Placeholder",
        "Never",
        "Name",
    ];

    public static IEnumerable<FoundLiteral> In(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        return
        [
            .. from type in module.GetTypes()
            from method in type.Methods
            where method.HasBody
            from instruction in method.Body.Instructions
            where instruction.Operand is MethodReference { DeclaringType.Name: "RenderTreeBuilder" }
            from text in TextsOf(instruction, method.Body)
            where text.Any(char.IsLetter)
            select new FoundLiteral(Outermost(type).Name, text.Trim()),
        ];
    }

    // The last argument of the call is pushed immediately before it, or before a jump to it. The name of an attribute or parameter is
    // pushed before its value.
    private static IEnumerable<string> TextsOf(Instruction call, MethodBody body)
    {
        var last = body
            .Instructions.Where(instruction => instruction == Before(call) || instruction.Next?.Operand == call)
            .Select(Pushed)
            .OfType<string>();
        return ((MethodReference)call.Operand).Name switch
        {
            "AddMarkupContent" => last.SelectMany(TextsIn),
            "AddContent" => last,
            "AddAttribute" or "AddComponentParameter" when Names.Contains(Pushed(Before(Before(call)))) => last,
            _ => [],
        };
    }

    // A text may be converted, such as to a ShownText, between being pushed and the call.
    private static Instruction? Before(Instruction? instruction)
    {
        var before = instruction?.Previous;
        while (before?.Operand is MethodReference { Name: "op_Implicit" or "TypeCheck" })
            before = before.Previous;
        return before;
    }

    private static string? Pushed(Instruction? instruction) => instruction?.OpCode == OpCodes.Ldstr ? (string)instruction.Operand : null;

    private static IEnumerable<string> TextsIn(string markup)
    {
        var body = new HtmlParser().ParseDocument($"<body>{markup}</body>").Body!;
        return
        [
            .. body.Descendants<IText>()
                .Where(text => text.ParentElement is not { LocalName: "style" or "script" or "kbd" })
                .Select(text => text.Data),
            .. body.QuerySelectorAll("*").SelectMany(element => Visible.Select(element.GetAttribute)).OfType<string>(),
        ];
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
