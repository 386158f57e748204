using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Data;

/// <summary>One of the installation's settings that are made in the browser, by name.</summary>
public sealed class Setting
{
    [Key]
    [MaxLength(80)]
    public required string Name { get; set; }

    [MaxLength(400)]
    public required string Value { get; set; }
}
