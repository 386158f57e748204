namespace KlaviyoExport.Web.Mcp;

/// <summary>Section <c>Mcp</c>: tools for assistants, over the Model Context Protocol.</summary>
public sealed class McpOptions
{
    public const string Section = "Mcp";

    /// <summary>Whether <c>/mcp</c> responds. Assistants need an API token.</summary>
    public bool Enabled { get; set; }
}
