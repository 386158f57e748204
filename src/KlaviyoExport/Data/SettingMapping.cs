using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Data;

internal sealed class SettingMapping : IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Setting> builder)
    {
        builder.ToTable("Settings");
        builder.HasKey(setting => setting.Name);
        builder.Property(setting => setting.Name).HasMaxLength(80);
        builder.Property(setting => setting.Value).HasMaxLength(400);
    }
}
