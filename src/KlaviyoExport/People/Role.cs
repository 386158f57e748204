namespace KlaviyoExport.People;

/// <summary>What a person may do; a person has one role. The order is from least to most.</summary>
public enum Role
{
    Viewer,
    Operator,
    Contributor,
    Administrator,
}
